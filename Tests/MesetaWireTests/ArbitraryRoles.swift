// Random calls about roles, and their answers.

import MesetaModel
import MesetaProtocol

extension Arbitrary {
  mutating func roleCall() -> OperatorCall {
    switch below(8) {
    case 0: .getQuota
    case 1: .updateQuota(some { $0.quotaConfig() }, isForced: bool())
    case 2:
      .setQuota(
        QuotaRequest(
          role: maybe { $0.text() }, guarantee: Array(resources()), isForced: bool()))
    case 3: .removeQuota(role: text())
    case 4: .getWeights
    case 5: .updateWeights(some { RoleWeight(role: $0.text(), weight: $0.double()) })
    case 6: .getRoles
    default:
      .explain(FrameworkID(text()), agentID: maybe { AgentID($0.text()) }, role: maybe { $0.text() })
    }
  }

  mutating func roleResponse() -> OperatorResponse {
    switch below(4) {
    case 0: .quota(some { RoleQuota($0.text(), $0.quota()) })
    case 1: .weights(some { RoleWeight(role: $0.text(), weight: $0.double()) })
    case 2:
      .roles(
        some { arbitrary in
          RoleDescription(
            arbitrary.text(), weight: arbitrary.double(),
            frameworks: arbitrary.some { FrameworkID($0.text()) }, allocated: arbitrary.quantities(),
            offered: arbitrary.quantities(), reserved: arbitrary.quantities(),
            consumed: arbitrary.quantities(), quota: arbitrary.quota())
        })
    default:
      .explanation(
        Explanation(
          frameworkID: FrameworkID(text()), frameworkName: text(), roles: some { $0.text() }, time: int64(),
          agents: some(6) { arbitrary in
            Explanation.Agent(
              AgentID(arbitrary.text()), hostname: arbitrary.text(), role: arbitrary.maybe { $0.text() },
              arbitrary.reason())
          }))
    }
  }

  private mutating func quotaConfig() -> QuotaConfig {
    QuotaConfig(role: text(), guarantees: writtenQuantities(), limits: writtenQuantities())
  }

  /// Of no name two.
  private mutating func writtenQuantities() -> [WrittenQuantity] {
    quantities().map { WrittenQuantity($0.name, double()) }
  }

  private mutating func quantities() -> [ResourceQuantity] {
    ["cpus", "", "größe €"].filter { _ in bool() }.map { ResourceQuantity($0, scalar()) }
  }

  private mutating func quota() -> Quota { Quota(guarantees: quantities(), limits: quantities()) }

  private mutating func amounts() -> [Explanation.Amount] {
    some {
      Explanation.Amount($0.text(), $0.scalar(), of: $0.one(of: [$0.scalar(), Scalar(milli: 1 << 52)]))
    }
  }

  private mutating func reason() -> Explanation.Reason {
    switch below(20) {
    case 0: .frameworkInactive
    case 1: .noRole
    case 2: .suppressed
    case 3: .outstandingLimit(below(1_000_000))
    case 4: .agentInactive
    case 5: .gpuOnly
    case 6: .remoteRegion
    case 7: .constraint
    case 8: .allocatedElsewhere
    case 9: .setAside
    case 10: .reserved(role: text())
    case 11: .incapable
    case 12: .quotaLimit(role: text(), used: amounts())
    case 13: .quotaHeadroom
    case 14: .tooSmall(amounts())
    case 15: .filtered(until: int64())
    case 16: .behind(FrameworkID(text()), share: double())
    case 17: .available
    case 18: .offered
    default: .unknown
    }
  }
}
