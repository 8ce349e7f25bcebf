// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// Kernels are useless unoptimised, so they are optimised in debug builds too.
let fastC: [CSetting] = [.unsafeFlags(["-O3", "-Wall", "-Werror", "-fno-math-errno", "-ffp-contract=fast"])]
let maths: [LinkerSetting] = [.linkedLibrary("m", .when(platforms: [.linux]))]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

/// A library target and its test target, which bears the same name.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [],
  linker: [LinkerSetting] = maths, testDependencies: [Target.Dependency] = [], fixtures: Bool = false
) -> [Target] {
  [
    .target(
      name: name, dependencies: dependencies, resources: resources, swiftSettings: strict, linkerSettings: linker),
    .testTarget(
      name: name + "Tests", dependencies: [.target(name: name)] + dependencies + testDependencies,
      resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: strict),
  ]
}

var targets: [Target] = [
  .target(name: "CDescentKernels", cSettings: fastC, linkerSettings: maths)
]
targets += module("DescentCore")
targets += module("DescentSpecs")
targets += module("DescentSchedules", ["DescentSpecs"], fixtures: true)
targets += module("DescentRandom")
targets += [.target(name: "COneDNN", linkerSettings: [.linkedLibrary("dnnl")])]
targets += [
  .target(
    name: "CLapack",
    linkerSettings: [
      .linkedLibrary("openblas", .when(platforms: [.linux])),
      .linkedFramework("Accelerate", .when(platforms: [.macOS])),
    ])
]
targets += module(
  "DescentLinearAlgebra", ["CDescentKernels", "COneDNN", "CLapack"], testDependencies: ["DescentRandom"])
targets += module(
  "DescentAutodiff", ["DescentLinearAlgebra", "CDescentKernels"], testDependencies: ["DescentTestSupport"])
// What several test targets use.
targets += [
  .target(
    name: "DescentTestSupport", dependencies: ["DescentAutodiff"], path: "Tests/DescentTestSupport",
    swiftSettings: strict)
]
targets += [.target(name: "AllocationCounter", path: "Tests/AllocationCounter")]
targets += module(
  "DescentOptimizers", ["DescentCore", "DescentSpecs", "DescentLinearAlgebra", "CDescentKernels"],
  testDependencies: ["AllocationCounter"], fixtures: true)
targets += module("DescentFinder", ["DescentCore"], fixtures: true)
targets += module("DescentCurvature", ["DescentCore", "DescentRandom", "CDescentKernels"])
targets += module("DescentDiagnosis", ["DescentCore", "DescentSchedules"])
targets += module("DescentStudies", ["DescentCore", "DescentDiagnosis", "DescentSchedules"])
targets += module("DescentStore", ["DescentCore", "DescentSpecs", grdb], fixtures: true)
targets += [
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
  .target(name: "CDescentDigits", exclude: ["digits.bin"]),
]
targets += module("DescentData", ["DescentRandom", "DescentSpecs", "CZlib", "CDescentDigits"])
targets += module(
  "DescentModels", ["DescentAutodiff", "DescentCore", "DescentRandom", "DescentSpecs"],
  testDependencies: ["DescentLinearAlgebra", "DescentOptimizers", "DescentTestSupport"], fixtures: true)
targets += module(
  "DescentTraining",
  [
    "DescentCore", "DescentSchedules", "DescentOptimizers", "DescentModels", "DescentData", "DescentAutodiff",
    "DescentCurvature", "DescentLinearAlgebra", "DescentRandom", "DescentSpecs", "CDescentKernels",
  ], fixtures: true)

// The command's product is called descent.
targets += [
  .executableTarget(
    name: "DescentCLI",
    dependencies: [
      "DescentBench", "DescentCharts", "DescentCore", "DescentCurvature", "DescentData", "DescentDiagnosis",
      "DescentFinder", "DescentModels", "DescentOptimizers", "DescentReports", "DescentSchedules", "DescentSpecs",
      "DescentStore", "DescentStudies", "DescentTraining",
      argumentParser,
    ],
    swiftSettings: strict),
  .testTarget(name: "DescentCLITests", dependencies: ["DescentCLI"], swiftSettings: strict),
]
// Runs with known faults, on which the diagnosis is measured; no product.
targets += [
  .executableTarget(
    name: "DescentFaults",
    dependencies: [
      "DescentCore", "DescentData", "DescentDiagnosis", "DescentModels", "DescentRandom", "DescentSchedules",
      "DescentTraining",
    ], swiftSettings: strict)
]
targets += module("DescentCharts")
targets += module("DescentReports", ["DescentCharts"])

/// What people use alone; `Descent` re-exports all of it.
let library = [
  "DescentAutodiff", "DescentCharts", "DescentCore", "DescentCurvature", "DescentData", "DescentDiagnosis",
  "DescentFinder", "DescentModels", "DescentOptimizers", "DescentReports", "DescentSchedules", "DescentSpecs",
  "DescentStore", "DescentStudies", "DescentTraining",
]
targets += module("Descent", library.map { .target(name: $0) })
// The workloads of `descent bench`, which the nested package Benchmarks uses too.
targets += module(
  "DescentBench",
  [
    "DescentCore", "DescentCurvature", "DescentData", "DescentLinearAlgebra", "DescentModels", "DescentOptimizers",
    "DescentRandom", "DescentSchedules", "DescentTraining",
  ])

// The benchmark of learning-rate finders: what `make bench-finder` runs.
targets += [
  .executableTarget(
    name: "DescentFinderBench",
    dependencies: [
      "DescentCore", "DescentData", "DescentFinder", "DescentModels", "DescentOptimizers", "DescentRandom",
      "DescentSchedules", "DescentStudies", "DescentTraining",
    ],
    swiftSettings: strict)
]

// The benchmark of comparing: what `make bench-compare` runs.
targets += [
  .executableTarget(
    name: "DescentCompareBench",
    dependencies: ["DescentCore", "DescentSchedules", "DescentStudies", "DescentTraining"], swiftSettings: strict)
]

let package = Package(
  name: "descent",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "descent", targets: ["DescentCLI"])
  ] + (["Descent", "DescentBench"] + library).map { .library(name: $0, targets: [$0]) },
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: targets
)
