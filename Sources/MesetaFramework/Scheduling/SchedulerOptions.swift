// How a scheduler driver behaves where the scheduler says nothing.

public import MesetaModel
public import MesetaRuntime

/// The defaults of a ``SchedulerDriver``. They are safe for the cluster and for the framework; each can be changed or
/// taken over by the scheduler.
public struct SchedulerOptions: Hashable, Sendable {
  /// Whether the driver sends SUPPRESS when ``SchedulerCalls/want(_:count:)`` says that nothing is wanted, and REVIVE
  /// when more is wanted. Off: the scheduler calls ``SchedulerCalls/suppress(roles:)`` and
  /// ``SchedulerCalls/revive(roles:)``.
  public var followsDemand = true
  /// Whether offers that the scheduler did not answer are declined. Off: they are held.
  public var declinesUnused = true
  /// For how long what is declined is not to be offered again where it would be of use, or where the scheduler has
  /// never said what it wants. 5 s, as in Mesos.
  public var usefulRefusal = Span.seconds(5)
  /// The same where nothing is wanted, or the offer is too small for what is wanted. An offer that has grown comes
  /// before that time, and wanting more revives, so that this may be long: 1 h.
  public var uselessRefusal = Span.minutes(60)
  /// Whether updates are acknowledged once the scheduler has handled them. Off: the scheduler calls
  /// ``SchedulerCalls/acknowledge(_:)``.
  public var acknowledges = true
  /// Whether the driver asks for the state of all tasks after a failover or a reconnection, again and again until
  /// the master has answered for each, and every ``reconcileInterval``.
  public var reconciles = true
  /// When tasks that the master did not answer for are asked for again: at first 5 s, at most 5 min later.
  public var reconcileBackoff = Backoff(first: .seconds(5), most: .minutes(5))
  /// How often all tasks are asked for while the subscription stands, and the master is told again whether offers are wanted,
  /// for calls can get lost; nil: never. 15 min, as Mesos recommends.
  public var reconcileInterval: Span? = .minutes(15)
  /// When a lost master is tried again: at first within 1 s, later within 15 s.
  public var reconnectBackoff = Backoff(first: .seconds(1), most: .seconds(15))
  /// After how many silent heartbeat intervals the connection is taken to be dead; 0: never.
  public var silentHeartbeats = 5
  /// The heartbeat interval where the master does not say one. 15 s, as in Mesos.
  public var heartbeatInterval = Span.seconds(15)
  /// Whether the driver sends heartbeats when it has nothing else to send.
  public var sendsHeartbeats = true
  /// How long the master may take to answer SUBSCRIBE before it is tried anew.
  public var subscribeTimeout = Span.seconds(15)
  /// How long a teardown that was asked for without a subscription waits for one.
  public var teardownTimeout = Span.seconds(30)

  /// Of which agents offers are wanted, by role; ``SchedulerCalls/constrain(_:)`` changes it.
  public var offerConstraints: OfferConstraints = [:]

  /// The defaults.
  public init() {}
}
