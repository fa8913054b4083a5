import MesetaAllocatorLaws
import MesetaModel
import MesetaRuntime
import Testing

@testable import MesetaAllocator

/// The laws on a few random sequences and clusters; `make allocator-laws` tries 10,000.
@Suite struct PropertyTests {
  @Test(arguments: 0..<20) func randomEventsBreakNoLaw(block: UInt64) {
    for seed in (1 + 10 * block)...(10 + 10 * block) {
      let failure = AllocatorLaws.failure(seed: seed)
      #expect(failure == nil, "\(failure ?? "")")
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>) func whatIsSharedOutIsFair(seed: UInt64) {
    let failure = FairnessLaws.failure(seed: seed)
    #expect(failure == nil, "\(failure ?? "")")
  }
}
