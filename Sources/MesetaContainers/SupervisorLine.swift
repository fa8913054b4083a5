// What a supervisor says, over its socket and in its status file: one line of text.

import MesetaAgent

enum SupervisorLine: Hashable {
  case started(pid: Int32)
  case failed(String)
  case ended(ContainerExit)

  /// Reads a line without its newline; nil for one of another version.
  init?(_ line: some Sequence<UInt8>) {
    let text = String(decoding: Array(line), as: UTF8.self)
    guard let space = text.firstIndex(of: " ") else { return nil }
    let rest = text[text.index(after: space)...]
    switch (text[..<space], Int32(rest)) {
    case ("started", let pid?) where pid > 1: self = .started(pid: pid)
    case ("exited", let code?): self = .ended(.exited(code))
    case ("signaled", let signal?): self = .ended(.signaled(signal))
    case ("failed", _): self = .failed(String(rest))
    default: return nil
    }
  }
}
