import DescentCore
import Foundation

/// Where things stand in a run's folder.
struct RunFiles: Sendable, Hashable {
  let folder: String

  var description: String { folder + "/run.json" }
  var metrics: String { folder + "/metrics.jsonl" }
  var events: String { folder + "/events.jsonl" }
  var effectiveRates: String { folder + "/effective-rates.jsonl" }
  var checkpoints: String { folder + "/checkpoints" }

  func checkpoint(_ step: Int) -> String { "\(checkpoints)/step-\(step).safetensors" }

  /// Steps of the checkpoints there are, the newest first.
  func checkpointSteps() -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
    let steps = names.compactMap { name -> Int? in
      guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
      // Only the name that this step is written under, not step-007.
      return Int(name.dropFirst(5).dropLast(12)).flatMap { checkpoint($0) == "\(checkpoints)/\(name)" ? $0 : nil }
    }
    return steps.sorted(by: >)
  }

  /// Removes what an interrupted write left behind.
  func removeTemporaries() {
    for directory in [folder, checkpoints] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      where name.hasSuffix(OpenFile.temporarySuffix) {
        unlink("\(directory)/\(name)")
      }
    }
  }
}
