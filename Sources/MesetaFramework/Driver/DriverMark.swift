/// What happens to a driver only when something fails, or comes at an awkward moment.
package enum DriverMark: UInt8, CaseIterable, Hashable, Sendable {
  case subscriptionTimedOut
  case masterSilent
  case killRemembered
  case killRepeated
  case callDropped
  case updateNotAcknowledged
  case updateRepeated
  case acknowledgementRepeated
  case reconciliationRepeated
  case operationsAskedFor
  case offerRescinded
  case constraintsRejected
  case teardownAwaited
}
