internal import DescentCharts

extension HTMLPage {
  /// A text file that a page brings along, behind a link that saves it.
  public struct Download: Sendable, Hashable {
    /// What it is saved as.
    public var name: String
    /// Its media type, as in `text/csv`.
    public var type: String
    /// What the link says.
    public var label: String
    public var text: String

    /// A file.
    public init(name: String, type: String, label: String, text: String) {
      self.name = name
      self.type = type
      self.label = label
      self.text = text
    }
  }
}

extension HTMLPage.Download {
  /// A link to the data itself, so that it works without a network and without a script. Not printed.
  var html: String {
    "<p class=\"download\"><a download=\"\(escapedMarkup(name))\" "
      + "href=\"data:\(escapedMarkup(type));charset=utf-8,\(percentEncoded)\">\(escapedMarkup(label))</a></p>\n"
  }

  /// Every byte but letters, digits and a few marks that neither a URL nor an attribute minds.
  private var percentEncoded: String {
    let digits = Array("0123456789ABCDEF")
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: ","), UInt8(ascii: ":"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%"
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return result
  }
}
