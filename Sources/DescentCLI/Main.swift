/// The entry point: one place where arguments come in and everything that goes wrong comes out.
@main
enum Main {
  static func main() {
    Interruption.prepare()
    let arguments = Array(CommandLine.arguments.dropFirst())
    var invocation = Invocation(arguments)
    exitProcess(invocation.run())
  }
}
