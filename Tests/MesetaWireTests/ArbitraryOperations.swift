// Random messages about operations.

import MesetaModel
import MesetaProtocol
import MesetaWire

extension Arbitrary {
  mutating func operationRecord() -> OperationRecord {
    OperationRecord(
      uuid(), frameworkID: maybe { FrameworkID($0.text()) }, agentID: maybe { AgentID($0.text()) },
      operation(), status: operationStatus())
  }

  mutating func operationUpdate() -> OperationUpdate {
    OperationUpdate(uuid(), frameworkID: maybe { FrameworkID($0.text()) }, operationStatus())
  }

  mutating func applyOperation() -> ApplyOperation {
    ApplyOperation(
      uuid(), frameworkID: maybe { FrameworkID($0.text()) }, operation(), resourceVersion: uuid())
  }

  mutating func operatorOperation() -> OperatorOperation {
    switch below(6) {
    case 0: .reserveResources(resources(), source: resources())
    case 1: .unreserveResources(resources())
    case 2: .createVolumes(resources())
    case 3: .destroyVolumes(resources())
    case 4: .growVolume(resource(), addition: resource())
    default: .shrinkVolume(resource(), subtract: scalar())
    }
  }
}
