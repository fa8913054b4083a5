/// What happens to an agent only when something fails, or comes at an awkward moment.
public enum AgentMark: UInt8, CaseIterable, Hashable, Sendable {
  // The master
  case registrationRetried
  case masterSilent
  case messageBeforeIDIsWritten
  case missingTaskKnown
  case missingTaskUnknown
  case missingExecutorUnknown
  case missingOperationUnknown
  case missingOperationKnown
  case endedByMaster
  // Tasks
  case taskForEndingExecutor
  case taskForEndedExecutor
  case taskWhileStopping
  case killOfUnknownTask
  case killBeforeStart
  case killShortened
  case queuedTaskKilled
  case updateQueued
  case updateAfterEnd
  case updateResent
  case acknowledgementUnexpected
  case acknowledgementWithoutTask
  case drainedTaskGone
  case commandPreempted
  // Executors
  case executorRegistrationTimeout
  case executorKilledAfterGrace
  case executorUseless
  case executorEndedWhileRegistering
  case messageToNoExecutor
  // Operations
  case operationRepeated
  case operationResent
  case operationAcknowledgedWithoutNeed
  case volumeMadeAgain
  // Recovery
  case killResumed
  case recoveredCommandNotLaunched
  case recoveredExecutorReturned
  case recoveredExecutorTimeout
}
