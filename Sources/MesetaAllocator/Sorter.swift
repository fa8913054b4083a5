// The order in which the clients of one level (the roles, or the frameworks of a role) are served.

/// A client's place: the smallest share first; among equals the one that was served least often, then the index.
struct Rank: Comparable, Codable, Sendable {
  /// The dominant share over the weight.
  var share = 0.0
  /// How often the client was allocated something.
  var allocations: UInt64 = 0
  var client: UInt32 = 0

  @inline(__always)
  static func < (left: Rank, right: Rank) -> Bool {
    if left.share != right.share { return left.share < right.share }
    if left.allocations != right.allocations { return left.allocations < right.allocations }
    return left.client < right.client
  }
}

/// Clients in order of rank, in chunks: adding, removing and moving one are O(log n) look-ups and a move within a
/// chunk; going through all of them reads memory in order.
struct Sorter: Codable, Sendable {
  private static let chunkLimit = 64

  /// None is empty.
  private(set) var chunks: [[Rank]] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var first: Rank? { chunks.first?.first }

  mutating func insert(_ rank: Rank) {
    count += 1
    if chunks.isEmpty {
      chunks.append([rank])
      return
    }
    let last = chunks.count - 1
    // Who was served goes to the end as a rule.
    let chunk = chunks[last][chunks[last].count - 1] < rank ? last : chunkIndex(of: rank)
    chunks[chunk].insert(rank, at: Self.position(of: rank, in: chunks[chunk]))
    if chunks[chunk].count > Self.chunkLimit { split(chunk) }
  }

  /// Takes out a client, given the rank that it was put in with.
  mutating func remove(_ rank: Rank) {
    guard let (chunk, position) = place(of: rank) else {
      return assertionFailure("the rank is not in the sorter")
    }
    remove(chunk, position)
  }

  /// Gives a client another rank.
  mutating func move(_ old: Rank, to new: Rank) {
    guard let (chunk, position) = place(of: old) else {
      return assertionFailure("the rank is not in the sorter")
    }
    if chunks.count == 1 {  // in which it is not far
      Self.shift(position, to: new, in: &chunks[0])
      return
    }
    let isAfterPrevious = position == 0 ? chunk == 0 : chunks[chunk][position - 1] < new
    let isLast = position == chunks[chunk].count - 1
    let isBeforeNext = isLast ? chunk == chunks.count - 1 : new < chunks[chunk][position + 1]
    if isAfterPrevious, isBeforeNext {
      chunks[chunk][position] = new
      return
    }
    remove(chunk, position)
    insert(new)
  }

  /// Gives the rank at a position its new place in order, and moves those between.
  private static func shift(_ old: Int, to new: Rank, in ranks: inout [Rank]) {
    var position = old
    while position > 0, new < ranks[position - 1] {
      ranks[position] = ranks[position - 1]
      position -= 1
    }
    while position + 1 < ranks.count, ranks[position + 1] < new {
      ranks[position] = ranks[position + 1]
      position += 1
    }
    ranks[position] = new
  }

  /// Where a rank stands; nil if it does not.
  private func place(of rank: Rank) -> (chunk: Int, position: Int)? {
    // Who was served was the first as a rule.
    if let first = chunks.first?.first, first == rank { return (0, 0) }
    let chunk = chunkIndex(of: rank)
    guard chunk < chunks.count else { return nil }
    let position = Self.position(of: rank, in: chunks[chunk])
    guard position < chunks[chunk].count, chunks[chunk][position] == rank else { return nil }
    return (chunk, position)
  }

  private mutating func remove(_ chunk: Int, _ position: Int) {
    count -= 1
    chunks[chunk].remove(at: position)
    if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    // Chunks that became sparse are drawn together.
    if chunks.count > 8, chunks.count * 8 > count { rebuild(chunks.flatMap(\.self)) }
  }

  /// Gives every client a new rank; sorts only if the order is another then. O(n) where it is not.
  mutating func rerank(_ newRank: (UInt32) -> Rank) {
    var ranks = chunks.flatMap(\.self)
    var isSorted = true
    for index in ranks.indices {
      ranks[index] = newRank(ranks[index].client)
      if index > 0, ranks[index] < ranks[index - 1] { isSorted = false }
    }
    if !isSorted { ranks.sort() }
    rebuild(ranks)
  }

  private mutating func rebuild(_ ranks: [Rank]) {
    chunks.removeAll(keepingCapacity: true)
    var start = 0
    while start < ranks.count {
      let end = min(start + Self.chunkLimit / 2, ranks.count)
      chunks.append(Array(ranks[start..<end]))
      start = end
    }
  }

  private mutating func split(_ chunk: Int) {
    let half = chunks[chunk].count / 2
    let upper = Array(chunks[chunk][half...])
    chunks[chunk].removeSubrange(half...)
    chunks.insert(upper, at: chunk + 1)
  }

  /// The first chunk whose last rank is not before `rank`; the number of chunks if there is none.
  private func chunkIndex(of rank: Rank) -> Int {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle][chunks[middle].count - 1] < rank { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func position(of rank: Rank, in chunk: [Rank]) -> Int {
    var low = 0
    var high = chunk.count
    while low < high {
      let middle = (low + high) / 2
      if chunk[middle] < rank { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
