// The way of a message where the scheduler's own types do not come into it.

package import MesetaProtocol
package import MesetaRuntime

extension DriverCore {
  /// Whether messages may go the short way, if the scheduler never reports anything.
  package var isQuiet: Bool {
    mutating get { !restores && link != .finished }
  }

  /// The same as ``nextWake``, looked up in place: what is not mutating is handed a copy of the whole driver.
  package mutating func lookUpNextWake() -> Instant { nextWake }

  /// Takes a message where the core ``isQuiet`` and the scheduler, which is the driver's alone, reports nothing. Its types are
  /// not looked up for each message then, as they are by the driver's own methods.
  ///
  /// - Returns: whether something is due now, which the next input, a wake-up too, sees to.
  package mutating func received<E: FrameworkEffects>(
    _ message: consuming Message, from session: SessionID, quiet scheduler: any EventHandler, at time: Time,
    _ effects: inout E
  ) -> Bool {
    if let telling = received(consume message, from: session, time, &effects) {
      tell(telling, scheduler, time, &effects)
      conclude(telling.then, time, &effects)
    }
    return nextWake <= time.monotonic
  }
}
