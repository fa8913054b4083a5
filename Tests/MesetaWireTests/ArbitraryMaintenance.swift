// Random maintenance: calls, answers and what they are about.

import MesetaModel
import MesetaProtocol

extension Arbitrary {
  mutating func maintenanceCall() -> OperatorCall {
    switch below(9) {
    case 0: .getMaintenanceSchedule
    case 1: .getMaintenanceStatus
    case 2: .updateMaintenanceSchedule(schedule())
    case 3: .startMaintenance(some { $0.machine() })
    case 4: .stopMaintenance(some { $0.machine() })
    case 5: .deactivateAgent(AgentID(text()))
    case 6: .drainAgent(AgentID(text()), drainConfig())
    case 7: .reactivateAgent(AgentID(text()))
    default: .markAgentGone(AgentID(text()))
    }
  }

  mutating func maintenanceResponse() -> OperatorResponse {
    if bool() { return .maintenanceSchedule(schedule()) }
    return .maintenanceStatus(
      MaintenanceStatus(
        draining: some { arbitrary in
          .init(
            arbitrary.machine(),
            answers: arbitrary.some {
              InverseOfferAnswer(FrameworkID($0.text()), isAccepted: $0.bool(), time: $0.int64())
            })
        }, down: some { $0.machine() }))
  }

  mutating func inverseOffer() -> InverseOffer {
    InverseOffer(
      id: OfferID(text()), frameworkID: FrameworkID(text()), agentID: maybe { AgentID($0.text()) },
      unavailability: unavailability(), resources: resources())
  }

  mutating func drainConfig() -> DrainConfig {
    DrainConfig(maxGracePeriod: maybe { $0.int64() }, marksGone: bool())
  }

  mutating func standing() -> AgentStanding {
    bool() ? .deactivated : .drained(DrainInfo(one(of: DrainState.allCases), drainConfig()))
  }

  private mutating func machine() -> MachineID { MachineID(hostname: text(), ip: text()) }

  private mutating func schedule() -> MaintenanceSchedule {
    MaintenanceSchedule(
      some { arbitrary in
        MaintenanceWindow(arbitrary.some { $0.machine() }, arbitrary.unavailability())
      })
  }

  private mutating func unavailability() -> Unavailability {
    Unavailability(start: int64(), duration: maybe { $0.int64() })
  }
}
