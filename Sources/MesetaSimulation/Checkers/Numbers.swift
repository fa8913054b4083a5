// Names by number.

import MesetaModel

/// What has a number that tells it from others but for chance, the same in every process.
protocol Fingerprinted: Equatable {
  var fingerprint: UInt64 { get }
}

extension FrameworkID: Fingerprinted {}
extension AgentID: Fingerprinted {}

/// Numbers names from 0 on in the order in which they first appear. Each message names somebody: a `Dictionary` would take
/// longer to hash the name than the laws take for all else.
struct Numbers<Name: Fingerprinted> {
  private(set) var names: [Name] = []
  /// A power of two of cells: 0, or one more than the number of a name, which stands in the first free cell from that of its
  /// fingerprint on.
  private var cells: [Int32] = []

  /// The number of a name, if it has appeared.
  func find(_ name: Name) -> Int? {
    if cells.isEmpty { return nil }
    var cell = home(name)
    while cells[cell] != 0 {
      let number = Int(cells[cell]) - 1
      if names[number] == name { return number }
      cell = (cell + 1) & (cells.count - 1)
    }
    return nil
  }

  mutating func number(_ name: Name) -> Int {
    if let known = find(name) { return known }
    names.append(name)
    if 2 * names.count > cells.count { grow() } else { fill(names.count - 1) }
    return names.count - 1
  }

  private func home(_ name: Name) -> Int { Int(truncatingIfNeeded: name.fingerprint) & (cells.count - 1) }

  private mutating func fill(_ number: Int) {
    var cell = home(names[number])
    while cells[cell] != 0 { cell = (cell + 1) & (cells.count - 1) }
    cells[cell] = Int32(truncatingIfNeeded: number + 1)
  }

  private mutating func grow() {
    cells = Array(repeating: 0, count: max(16, 2 * cells.count))
    for number in names.indices { fill(number) }
  }
}
