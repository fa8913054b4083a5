// An estimator or a controller in a snapshot: one of ours, or none. Nobody else's can be made again from bytes.

/// Where a resource estimator may stand.
struct EstimatorSlot: Codable, Sendable {
  private enum Known: Codable {
    case none
    case fixed(FixedResourceEstimator)
    case load(LoadResourceEstimator)
  }

  var value: (any ResourceEstimator)?

  init(_ value: (any ResourceEstimator)?) { self.value = value }

  init(from decoder: any Decoder) throws {
    switch try Known(from: decoder) {
    case .none: value = nil
    case .fixed(let estimator): value = estimator
    case .load(let estimator): value = estimator
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch value {
    case nil: try Known.none.encode(to: encoder)
    case let estimator as FixedResourceEstimator: try Known.fixed(estimator).encode(to: encoder)
    case let estimator as LoadResourceEstimator: try Known.load(estimator).encode(to: encoder)
    case let other?: throw EncodingError.notOurs(other, "resource estimator", encoder)
    }
  }
}

/// Where a QoS controller may stand.
struct ControllerSlot: Codable, Sendable {
  private enum Known: Codable {
    case none
    case load(LoadQoSController)
    case usage(UsageQoSController)
  }

  var value: (any QoSController)?

  init(_ value: (any QoSController)?) { self.value = value }

  init(from decoder: any Decoder) throws {
    switch try Known(from: decoder) {
    case .none: value = nil
    case .load(let controller): value = controller
    case .usage(let controller): value = controller
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch value {
    case nil: try Known.none.encode(to: encoder)
    case let controller as LoadQoSController: try Known.load(controller).encode(to: encoder)
    case let controller as UsageQoSController: try Known.usage(controller).encode(to: encoder)
    case let other?: throw EncodingError.notOurs(other, "QoS controller", encoder)
    }
  }
}

extension EncodingError {
  fileprivate static func notOurs(_ value: Any, _ kind: String, _ encoder: any Encoder) -> EncodingError {
    .invalidValue(
      value,
      Context(
        codingPath: encoder.codingPath,
        debugDescription: "the \(kind) \(type(of: value)) is not one of Meseta's own; "
          + "an agent with it cannot be recorded"))
  }
}
