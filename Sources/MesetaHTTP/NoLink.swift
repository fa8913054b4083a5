import MesetaHost
import MesetaProtocol

/// The way to a peer that is sent nothing.
struct NoLink: Link {
  func send(_ messages: [Message]) {}
  func close(reason: String) {}
  func consumed(_ count: Int) {}
}
