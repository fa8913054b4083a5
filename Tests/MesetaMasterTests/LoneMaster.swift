// A master on its own, that tests tell what its peers say and ask what it does.

import MesetaModel
import MesetaProtocol
import MesetaRuntime
import Testing

@testable import MesetaMaster

/// What a master asked for, but for what it logs.
enum MasterEffect: Equatable {
  case send(Message, SessionID)
  case respond(RequestID, Outcome)
  case close(SessionID)
  case store(StorageToken, RegistryOperation)

  /// The event, if it is one to that session.
  func event(to wanted: SessionID) -> SchedulerEvent? {
    if case .send(.schedulerEvent(let event), let session) = self, session == wanted { event } else { nil }
  }
}

struct RecordingMasterEffects: MasterEffects {
  var effects: [MasterEffect] = []
  var announced: [ClusterEvent] = []
  var isWatched: Bool { true }

  mutating func announce(_ event: ClusterEvent) { announced.append(event) }

  mutating func send(_ message: Message, to session: SessionID) { effects.append(.send(message, session)) }
  mutating func respond(_ request: RequestID, _ outcome: Outcome) {
    effects.append(.respond(request, outcome))
  }
  mutating func close(_ session: SessionID, reason: String) { effects.append(.close(session)) }
  mutating func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  mutating func store(_ token: StorageToken, _ operation: RegistryOperation) {
    effects.append(.store(token, operation))
  }
}

struct LoneMaster {
  var master: Master
  /// Whether writes to the registry complete at once.
  var stores = true
  private(set) var now = Instant.zero
  /// What those who watch the cluster were told.
  private(set) var announced: [ClusterEvent] = []
  private var lastSession: UInt64 = 0

  init(
    _ configuration: MasterConfiguration = MasterConfiguration(), registry: RegistryState = RegistryState()
  ) {
    master = Master(
      configuration: configuration, seed: 1, at: Time(monotonic: .zero, wall: 0), registry: registry)
  }

  private var time: Time { Time(monotonic: now, wall: now.nanoseconds) }

  /// Hands over inputs as one batch, and completes its writes in another.
  @discardableResult
  mutating func handle(_ inputs: MasterInput...) -> [MasterEffect] {
    var effects = RecordingMasterEffects()
    defer { announced += effects.announced }
    for input in inputs { master.handle(input, at: time, &effects) }
    master.handle(.endOfBatch, at: time, &effects)
    guard stores else { return effects.effects }
    for case .store(let token, _) in effects.effects {
      master.handle(.local(.stored(token)), at: time, &effects)
      master.handle(.endOfBatch, at: time, &effects)
    }
    return effects.effects
  }

  /// Wakes the master whenever it wants to be, until that long from now.
  @discardableResult
  mutating func advance(by span: Span) -> [MasterEffect] {
    let end = now + span
    var effects: [MasterEffect] = []
    while master.nextWake <= end {
      now = max(now, master.nextWake)
      effects += handle(.wake)
    }
    now = end
    return effects
  }

  mutating func open(_ role: PeerRole, principal: String? = nil) -> SessionID {
    lastSession += 1
    let session = SessionID(lastSession)
    handle(.opened(session, Peer(role, principal: principal.map(Principal.init), address: "peer")))
    return session
  }

  @discardableResult
  mutating func say(_ message: Message, on session: SessionID) -> [MasterEffect] {
    handle(.received(session, RequestID(1), message))
  }

  @discardableResult
  mutating func call(
    _ call: SchedulerCall.Kind, of framework: FrameworkID?, on session: SessionID
  ) -> [MasterEffect] {
    say(.schedulerCall(SchedulerCall(frameworkID: framework, call), request: 1), on: session)
  }

  /// Subscribes; returns the id that the master gave.
  mutating func subscribe(_ info: FrameworkInfo, on session: SessionID) -> FrameworkID? {
    for effect in call(.subscribe(.init(info)), of: info.id, on: session) {
      if case .subscribed(let id, _, _) = effect.event(to: session) { return id }
    }
    return nil
  }

  /// ``subscribe(_:on:)`` where it has to succeed.
  mutating func subscribed(_ info: FrameworkInfo, on session: SessionID) throws -> FrameworkID {
    let id = subscribe(info, on: session)
    return try #require(id)
  }

  /// Registers an agent; returns the id that the master gave.
  mutating func registered(_ resources: Resources, on session: SessionID) throws -> AgentID {
    let info = AgentInfo(hostname: "host", resources: resources)
    let effects = say(.agentMessage(.register(AgentRegistration(info, version: "1"))), on: session)
    let id = effects.lazy.compactMap { effect -> AgentID? in
      if case .send(.masterMessage(.registered(let id, _)), _) = effect { id } else { nil }
    }.first
    return try #require(id)
  }
}
