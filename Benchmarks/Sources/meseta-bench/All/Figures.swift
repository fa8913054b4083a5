// The figures of one run of a benchmark, read back from its report.

/// What one round of benchmarks found, by their ids. Look-up only.
typealias Round = [String: Figures]

/// The numbers of a report; those inside an object go by `object.key`.
struct Figures {
  private var numbers: [(key: String, value: Double)] = []

  /// As the report has them.
  var keys: [String] { numbers.map(\.key) }

  subscript(key: String) -> Double? { numbers.first { $0.key == key }?.value }

  /// Reads what ``Report/print(json:)`` writes, not JSON at large.
  init(json: String) {
    var (outer, key, number) = ("", "", "")
    var isInText = false
    for character in json {
      switch character {
      case "\"":
        if !isInText { key = "" }
        isInText.toggle()
      case _ where isInText: key.append(character)
      case "{":
        outer = key
        key = ""
      case ",", "}":
        if let value = Double(number) { numbers.append((outer.isEmpty ? key : "\(outer).\(key)", value)) }
        number = ""
        if character == "}" { outer = "" }
      case ":": break
      default: number.append(character)
      }
    }
  }
}
