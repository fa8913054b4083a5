// Messages that do not travel as a stream does: calls on connections of their own, and messages that come twice.

import MesetaProtocol
import MesetaRuntime

extension Faults {
  /// The chance of any message not to travel as the stream does, or more.
  var strayMillionths: UInt64 {
    callLossMillionths + callRepeatMillionths + callDetourMillionths + repeatMillionths
  }
}

extension Simulation {
  /// Sends a message that may get lost, come twice, or be overtaken. What is drawn is drawn in any case.
  mutating func stray(_ message: consuming Message, on session: SessionID, toServer: Bool) {
    guard message.mayTravelAlone else { return repeatStream(message, on: session, toServer: toServer) }
    if nodes[links[valid: session].client.index].role == .executor {
      // One at a time: the next is sent when the one before was answered. An answer that is lost has it sent again.
      if strays(.callRepeat, faults.callRepeatMillionths, on: session) {
        transmit(copy message, on: session, toServer: toServer)
      }
      return transmit(message, on: session, toServer: toServer)
    }
    let isLost = strays(.callLoss, faults.callLossMillionths, on: session)
    let isRepeated = strays(.callRepeat, faults.callRepeatMillionths, on: session)
    let isOvertaken = strays(.callDetour, faults.callDetourMillionths, on: session)
    if isLost { return }
    if isRepeated || isOvertaken {
      let arrival = now + links[valid: session].random.draw(faults.detour)
      events.add(.detour(session, copy message), at: arrival)
    }
    if !isOvertaken { transmit(message, on: session, toServer: toServer) }
  }

  private mutating func repeatStream(_ message: Message, on session: SessionID, toServer: Bool) {
    let isAgents = nodes[links[valid: session].client.index].role == .agent
    if isAgents, strays(.messageRepeat, faults.repeatMillionths, on: session) {
      transmit(message, on: session, toServer: toServer)
    }
    transmit(message, on: session, toServer: toServer)
  }

  private mutating func strays(_ kind: FaultKind, _ millionths: UInt64, on session: SessionID) -> Bool {
    millionths > 0 && links[valid: session].random.chance(millionths: millionths) && strikes(kind)
  }

  /// A call arrives that has travelled on a connection of its own.
  mutating func arriveAlone(_ message: Message, _ session: SessionID) {
    guard links.contains(session), links[valid: session].serverEnd == .open else { return }
    let (from, to) = (links[valid: session].client, links[valid: session].server)
    guard isAlive(to, links[valid: session].serverLife), !isBlocked(from, to) else { return }
    deliver(message, from: from, to: to, on: session)
  }
}

extension Message {
  /// Whether it is a call that may travel on a connection of its own, as all do over HTTP but SUBSCRIBE.
  fileprivate var mayTravelAlone: Bool {
    switch self {
    case .schedulerCall(let call, _): if case .subscribe = call.kind { false } else { true }
    case .executorCall(let call, _): if case .subscribe = call.kind { false } else { true }
    case .operatorCall: true
    default: false
    }
  }
}
