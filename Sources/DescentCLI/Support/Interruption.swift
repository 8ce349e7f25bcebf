import Foundation
import Synchronization

private let interruptions = Atomic<Int>(0)

/// Ctrl-C: the first asks the command to stop at the next safe place, the second kills the process.
enum Interruption {
  /// True once Ctrl-C was pressed; loops ask this at every step.
  static var isRequested: Bool { interruptions.load(ordering: .relaxed) > 0 }

  /// Takes over the interrupt signal, and keeps a closed pipe from killing the process.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    // Touched here so that the handler never runs the counter's initialiser.
    interruptions.store(0, ordering: .relaxed)
    signal(SIGINT) { number in
      if interruptions.add(1, ordering: .relaxed).oldValue > 0 {
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    // A parent that starts us from a thread with signals blocked hands that on.
    var interrupt = sigset_t()
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    sigprocmask(SIG_UNBLOCK, &interrupt, nil)
  }
}
