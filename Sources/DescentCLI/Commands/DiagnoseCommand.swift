import ArgumentParser
import DescentCore
import DescentDiagnosis
import DescentSchedules
import DescentStore
import DescentTraining

/// `descent diagnose`: what is wrong with a run, and what to try next.
struct DiagnoseCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "diagnose",
    abstract: "Tell what is wrong with a run or a log, on what evidence, and what to try next.",
    usage: "descent diagnose <run or file> [--confirm] [options]",
    discussion: examples(
      "descent diagnose 2026-11-23-153012-brave-otter --confirm",
      "descent diagnose log.csv --html diagnosis.html",
      "descent diagnose log.csv --json")
        + """


        A log is CSV with the column loss and any of step, lr, gradNorm, valLoss. It exits with 3 if it finds an error.
        """)

  @Argument(
    help: "A run's name, the beginning of it, or its folder; or a log in CSV.", completion: .file(extensions: ["csv"]))
  var run: String

  @Flag(help: "Go on from the run's last checkpoint at half, one and three times its rate, and tell what came of it.")
  var confirm = false

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    let subject = try isFile ? Self.log(run) : Self.run(run, in: RunStore(directory: global.out))
    if confirm, subject.folder == nil {
      throw Failure("bad-value", "--confirm needs a run with checkpoints, and \(run) is a log", hint: "leave it out")
    }
    let diagnosis = Diagnosis(subject.log)
    let probe = confirm ? try subject.probe(session) : nil
    let report = DiagnosisReport(subject: subject, diagnosis: diagnosis, probe: probe)
    try pictures.save(report.chart, page: report.page, session: session)
    return report.report(session)
  }

  /// True for a file that is no run of that name.
  private var isFile: Bool { run.hasSuffix(".csv") || (try? readFile(run)) != nil }

  private static func log(_ path: String) throws -> DiagnosisSubject {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    do {
      return DiagnosisSubject(name: path, log: try RunLog(MetricTable(csv: text)))
    } catch {
      throw error.failure(in: path)
    }
  }

  private static func run(_ reference: String, in store: RunStore) throws -> DiagnosisSubject {
    let folder = try store.open(reference)
    let record = try folder.record()
    guard !record.series("loss").isEmpty else {
      try CompareRun.refuse(record.description, folder)
      throw Failure("no-losses", "\(folder.path): the run has made no step yet", status: .failed)
    }
    let specification = try RunSpecification(dictionary: record.description.specification)
    return DiagnosisSubject(
      name: folder.path, log: RunLog(record, intended: specification.intendedSchedule), folder: folder,
      description: record.description, specification: specification)
  }
}

/// What is diagnosed.
struct DiagnosisSubject {
  var name: String
  var log: RunLog
  var folder: RunFolder?
  var description: RunDescription?
  var specification: RunSpecification?

  /// Half, one and three times the rate, from the newest checkpoint that is still sound.
  func probe(_ session: Session) throws -> RateProbe? {
    guard let folder, let description, let specification else { return nil }
    let (checkpoint, notices) = folder.latestCheckpoint()
    for notice in notices { session.note(flattened(notice) + ".") }
    guard let checkpoint else {
      throw Failure("no-checkpoint", "\(folder.path): the run has no checkpoint to go on from", status: .failed)
    }
    let probe = try RateProbe(
      from: checkpoint, of: specification, seed: description.seed,
      threads: session.global.threads ?? description.threads)
    guard probe.startLoss.isFinite else {
      session.note("the last checkpoint is no longer finite; nothing can be tried from there.")
      return nil
    }
    return probe
  }

  /// The command that trains as this run but for `next`; nil for a log, whose training is not ours.
  func command(_ next: NextRun) -> String? {
    guard var changed = specification else { return nil }
    if let schedule = next.schedule, let parsed = try? Schedule(parsing: schedule) {
      // The peak stays, wherever it stood.
      if changed.schedule.peak != nil, changed.rate == nil { changed.rate = changed.schedule.peak }
      changed.schedule = parsed
    }
    if let rate = next.rate {
      let rate = Double(figure(rate)) ?? rate
      if changed.schedule.peak != nil { changed.schedule.peak = rate } else { changed.rate = rate }
    }
    if let steps = next.steps { changed.steps = steps }
    let usual = RunSpecification().dictionary
    var words = ["descent", "train"]
    for (key, value) in changed.dictionary.sorted(by: { $0.key < $1.key }) where usual[key] != value {
      // What follows from the data anyway need not be said.
      if key == "loss", value == "cross-entropy" || value == "squared" { continue }
      words += ["--" + key, shellQuoted(value)]
    }
    if let seed = description?.seed, seed != 0 { words += ["--seed", String(seed)] }
    return words.joined(separator: " ")
  }
}
