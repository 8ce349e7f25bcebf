import Foundation

/// Names for runs that sort by time and can be told apart when spoken: `2026-11-23-153012-brave-otter`.
enum RunName {
  /// A name for a run that starts at `time`; two words at random keep runs of one second apart.
  static func make(at time: time_t) -> String {
    let word = adjectives.randomElement() ?? "plain"
    let animal = animals.randomElement() ?? "run"
    return "\(text(time, "%Y-%m-%d-%H%M%S"))-\(word)-\(animal)"
  }

  /// ISO 8601 in UTC.
  static func timestamp(_ time: time_t) -> String { text(time, "%Y-%m-%dT%H:%M:%SZ") }

  private static func text(_ time: time_t, _ format: String) -> String {
    var time = time
    var parts = tm()
    gmtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// True if `name` can be a folder's name that is neither hidden nor leads elsewhere.
  static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && !name.hasPrefix("-")
      && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 0x20 }
  }

  private static let adjectives = words(
    """
    able agile amber ample apt azure bold brave brief bright brisk calm candid clear clever coral crisp curious
    deft early eager easy exact fair fast fine firm fleet fond frank free fresh gentle glad golden grand green happy
    hardy honest ivory jolly keen kind lively lucid lucky mellow merry mild modest neat nimble noble plain polite
    proud quick quiet rapid ready sharp silent silver smooth sober solid spry steady stout sunny swift tidy true
    vivid warm wise witty young zesty
    """)

  private static let animals = words(
    """
    adder alpaca badger bat bear beaver bee bison bittern boar camel carp cat condor coot crab crane cricket crow
    curlew deer dingo dove duck eagle eel egret elk falcon ferret finch fox frog gecko gibbon goat goose grouse
    gull hare hawk heron hornet ibex ibis jackal jay kestrel kite koala lark lemur lion llama lynx magpie marten
    mink mole moose moth mouse newt ocelot orca otter owl ox panda pike plover pony puffin puma quail rabbit ram
    raven robin rook salmon seal shrew skunk snail snipe stoat stork swan tapir tern thrush tiger toad trout
    turtle viper vole walrus wasp weasel whale wolf wombat wren yak zebra
    """)

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
}
