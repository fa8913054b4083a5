/// What happens to an allocator only in a cluster that is short of something, or changes at an awkward moment.
public enum AllocatorMark: UInt8, CaseIterable, Hashable, Sendable {
  case demandMetAtOnce
  case demandMetByHolding
  case demandExpired
  case demandImpossible
  case demandLeftRole
  case holdExpired
  case holdBroken
  case holdBrokenByAgent
  case holdGaveClaimBack
  case partChopped
  case guaranteeServed
  case agentHeldBack
}
