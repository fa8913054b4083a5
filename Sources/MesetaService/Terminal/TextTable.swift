/// A table for a terminal: columns as wide as they need to be, numbers to the right, cut to the width there is.
public struct TextTable: Sendable {
  /// A column and how it is shown.
  public struct Column: Sendable {
    /// What stands above it.
    public var title: String
    /// Whether its cells stand to the right.
    public var isNumeric: Bool
    /// Whether the column gives way when the table is too wide; the widest of these is cut first.
    public var isFlexible: Bool

    /// A column.
    public init(_ title: String, isNumeric: Bool = false, isFlexible: Bool = false) {
      self.title = title
      self.isNumeric = isNumeric
      self.isFlexible = isFlexible
    }
  }

  /// From left to right.
  public let columns: [Column]
  /// From top to bottom.
  public private(set) var rows: [[String]] = []

  /// A table without rows.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row of as many cells as there are columns; control characters are shown as `?`, so that no task's name
  /// can drive the terminal.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row of \(cells.count) cells in a table of \(columns.count)")
    rows.append(
      cells.map {
        String($0.map { $0.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } ? "?" : $0 })
      })
  }

  /// The lines of the table, each at most `width` characters wide if the flexible columns allow it; nil: as wide as
  /// it needs to be.
  public func lines(width: Int?) -> [String] {
    var widths = columns.indices.map { column in
      rows.reduce(columns[column].title.count) { max($0, $1[column].count) }
    }
    if let width { narrow(&widths, to: width) }
    return ([columns.map(\.title)] + rows).map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let text = Self.cut(cell, to: widths[column])
        let padding = String(repeating: " ", count: widths[column] - text.count)
        let isLast = column == columns.count - 1
        line += columns[column].isNumeric ? padding + text : isLast ? text : text + padding
        if !isLast { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private func narrow(_ widths: inout [Int], to width: Int) {
    let flexible = columns.indices.filter { columns[$0].isFlexible }
    while widths.reduce(0, +) + 2 * (columns.count - 1) > width,
      let widest = flexible.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8
    {
      widths[widest] -= 1
    }
  }

  /// Leaves out the middle: ids differ at their ends.
  private static func cut(_ text: String, to width: Int) -> String {
    if text.count <= width { return text }
    let end = (width - 1) / 2
    return text.prefix(width - 1 - end) + "…" + text.suffix(end)
  }
}
