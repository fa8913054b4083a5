// Inputs as the consumer of an async face gets them: whoever commands there is the face itself.

extension SchedulerInput {
  /// The input as an event; nil if it is a command.
  package var event: SchedulerInput<Never>? {
    switch self {
    case .restored(let state): .restored(state)
    case .subscribed(let id, let subscription): .subscribed(id, subscription)
    case .disconnected(let reason): .disconnected(reason: reason)
    case .offers(let offers): .offers(offers)
    case .rescinded(let id): .rescinded(id)
    case .inverseOffers(let offers): .inverseOffers(offers)
    case .inverseOfferRescinded(let id): .inverseOfferRescinded(id)
    case .update(let update): .update(update)
    case .operationUpdate(let status): .operationUpdate(status)
    case .message(let agentID, let executorID, let data):
      .message(agentID: agentID, executorID: executorID, data: data)
    case .agentLost(let id): .agentLost(id)
    case .executorLost(let agentID, let executorID, let status):
      .executorLost(agentID, executorID, status: status)
    case .accepted(let request): .accepted(request: request)
    case .rejected(let error, let request): .rejected(error, request: request)
    case .demandMet(let id, let offers): .demandMet(id, offers)
    case .demandFailed(let failure): .demandFailed(failure)
    case .failed(let reason): .failed(reason)
    case .wake: .wake
    case .command: nil
    }
  }

  /// What kind of input it is, for the log.
  package var kind: String {
    switch self {
    case .message(let agentID, let executorID, _): "a message of executor \(executorID) on agent \(agentID)"
    case .rejected(let error, _): "the news that a call was refused (\(error))"
    default: "an event"
    }
  }
}

extension ExecutorInput {
  /// The input as an event; nil if it is a command.
  package var event: ExecutorInput<Never>? {
    switch self {
    case .subscribed(let executor, let framework, let agent): .subscribed(executor, framework, agent)
    case .disconnected(let reason): .disconnected(reason: reason)
    case .launch(let task): .launch(task)
    case .launchGroup(let tasks): .launchGroup(tasks)
    case .kill(let id, let grace): .kill(id, grace: grace)
    case .message(let data): .message(data)
    case .shutdown: .shutdown
    case .failed(let reason): .failed(reason)
    case .wake: .wake
    case .command: nil
    }
  }
}
