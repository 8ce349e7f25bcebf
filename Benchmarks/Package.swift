// swift-tools-version: 6.2
import PackageDescription

// Apart from the library's own manifest, so that nobody who uses Descent resolves the benchmark tool.
let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "descent", path: ".."),
    // Without its default trait it needs no jemalloc.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "Workloads",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "DescentBench", package: "descent"),
      ],
      path: "Benchmarks/Workloads",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ])
