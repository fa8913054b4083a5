// By when what is to happen has to have happened, once nothing breaks any more.

public import MesetaRuntime

/// How long a cluster may take to come to rest after the last fault, in virtual time. Each bound follows from the longest wait
/// of the machines concerned: what waits longer waits for ever.
public enum Settling {
  /// An agent connects after a minute at most, and again if the master was not there; the master may hear of it late.
  static let registration = Span.minutes(10)
  /// A task that was launched runs, one that does not run any more is known to have ended: by the third ping timeout in a row
  /// at the latest.
  static let task = Span.minutes(10)
  /// A task that is to end has ended: its grace period is over.
  static let kill = Span.minutes(15)
  /// An update is sent again after ten minutes at most, and acknowledged.
  static let update = Span.minutes(25)
  /// What is free is offered at the next interval.
  static let offer = Span.minutes(2)

  /// After this all of it holds.
  public static let time = Span.minutes(30)
}
