// Texts of a recording that need not be told again.

import MesetaModel
import MesetaRuntime

/// Who has declined offers last in some of the sessions, as far as it has been told in a segment. Who writes it and who reads it
/// keep the same ones.
struct KnownDecliners {
  struct Decliner: Equatable {
    var session: SessionID
    var framework: FrameworkID
    /// What the names of its offers begin with.
    var prefix: String
  }

  /// Each session has one place, which it shares with others.
  private static let places: UInt64 = 256
  private var decliners: [Decliner?] = []

  subscript(session: SessionID) -> Decliner? {
    get { decliners.isEmpty ? nil : decliners[Self.place(session)] }
    set {
      if decliners.isEmpty { decliners = Array(repeating: nil, count: Int(Self.places)) }
      decliners[Self.place(session)] = newValue
    }
  }

  private static func place(_ session: SessionID) -> Int { Int(session.number % places) }
}
