// What somebody means who names a framework or an agent.

import MesetaModel
import MesetaProtocol

/// Finds one of several things by its id, its name, or the end of its id.
struct Choice {
  struct Candidate {
    var id: String
    var name: String
    /// Whether it is no more, or has not come back.
    var isOver: Bool
  }

  let kind: String
  let candidates: [Candidate]

  init(_ kind: String, _ candidates: [Candidate]) {
    self.kind = kind
    self.candidates = candidates
  }

  /// The id of what is meant: what is over only if nothing else is.
  func find(_ word: String) throws(Unclear) -> String {
    if candidates.contains(where: { $0.id == word }) { return word }
    for isOver in [false, true] {
      let present = candidates.filter { $0.isOver == isOver }
      for matches in [present.filter { $0.name == word }, present.filter { $0.id.hasSuffix("-\(word)") }]
      where !matches.isEmpty {
        guard matches.count == 1 else { throw Unclear(kind: kind, word: word, found: matches, isKnown: true) }
        return matches[0].id
      }
    }
    throw Unclear(kind: kind, word: word, found: candidates.filter { !$0.isOver }, isKnown: false)
  }

  /// A word that means nothing, or several things.
  struct Unclear: Error, CustomStringConvertible {
    let kind: String
    let word: String
    let found: [Candidate]
    let isKnown: Bool

    var description: String {
      if isKnown { return "there are \(found.count) \(kind)s \"\(word)\": say which by its id, \(ids)" }
      if found.isEmpty { return "there is no \(kind) \"\(word)\"; there are none at all" }
      let nearest =
        Misspelling.nearest(to: word, in: found.map(\.name)).map { " (did you mean \"\($0)\"?)" } ?? ""
      return "there is no \(kind) \"\(word)\"\(nearest); there are \(names)"
    }

    private var ids: String { shortened(found.map(\.id)) }
    private var names: String { shortened(found.map(\.name)) }

    private func shortened(_ words: [String]) -> String {
      words.prefix(8).joined(separator: ", ") + (words.count > 8 ? " and \(words.count - 8) more" : "")
    }
  }
}

extension Choice.Candidate {
  init(_ framework: FrameworkDescription) {
    self.init(
      id: framework.info.id?.value ?? "", name: framework.info.name, isOver: framework.isCompleted)
  }

  init(_ agent: AgentDescription) {
    self.init(id: agent.info.id?.value ?? "", name: agent.info.hostname, isOver: false)
  }

  /// An agent of an earlier master that is not back.
  init(_ recovered: AgentInfo) {
    self.init(id: recovered.id?.value ?? "", name: recovered.hostname, isOver: true)
  }
}
