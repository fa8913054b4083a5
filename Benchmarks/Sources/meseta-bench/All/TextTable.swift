// Tables for people.

/// Lines of cells that stand beneath each other.
struct TextTable {
  enum Alignment { case left, right }

  private enum Line {
    case section(String)
    case cells([String])
  }

  private let alignment: [Alignment]
  private var lines: [Line]

  init(alignment: [Alignment], header: [String]) {
    self.alignment = alignment
    self.lines = [.cells(header)]
  }

  mutating func add(section: String) { lines.append(.section(section)) }

  /// Cells that are left out are empty.
  mutating func add(_ cells: [String]) { lines.append(.cells(cells)) }

  func print() {
    var widths = alignment.map { _ in 0 }
    for case .cells(let cells) in lines {
      for (column, cell) in cells.enumerated() { widths[column] = max(widths[column], cell.count) }
    }
    for line in lines {
      switch line {
      case .section(let title): Swift.print(title)
      case .cells(let cells): Swift.print(text(cells, widths))
      }
    }
  }

  private func text(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (column, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: widths[column] - cell.count)
      text += (column == 0 ? "" : "   ") + (alignment[column] == .left ? cell + space : space + cell)
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
