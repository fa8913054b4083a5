// The operator's calls about roles, their quotas and weights, and the answers.

import CMesosWire
import MesetaModel
import MesetaProtocol

extension OperatorCall {
  /// A call about roles; nil if it is of another type.
  static func roleCall(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> OperatorCall? {
    switch wire.pointee.type {
    case MESOS__V1__MASTER__CALL__TYPE__GET_QUOTA: return .getQuota
    case MESOS__V1__MASTER__CALL__TYPE__UPDATE_QUOTA:
      let update = try present(wire.pointee.update_quota, "update_quota")
      return .updateQuota(
        try context.messages(update.pointee.n_quota_configs, update.pointee.quota_configs),
        isForced: update.pointee.has_force != 0 && update.pointee.force != 0)
    case MESOS__V1__MASTER__CALL__TYPE__SET_QUOTA:
      let set = try present(wire.pointee.set_quota, "set_quota")
      return .setQuota(
        try context.required(set.pointee.quota_request, Self.self, "set_quota.quota_request"))
    case MESOS__V1__MASTER__CALL__TYPE__REMOVE_QUOTA:
      return .removeQuota(
        role: context.text(try present(wire.pointee.remove_quota, "remove_quota").pointee.role))
    case MESOS__V1__MASTER__CALL__TYPE__GET_WEIGHTS: return .getWeights
    case MESOS__V1__MASTER__CALL__TYPE__UPDATE_WEIGHTS:
      let update = try present(wire.pointee.update_weights, "update_weights")
      return .updateWeights(
        try context.messages(update.pointee.n_weight_infos, update.pointee.weight_infos))
    case MESOS__V1__MASTER__CALL__TYPE__GET_ROLES: return .getRoles
    default: return nil
    }
  }

  /// Writes a call about roles; does nothing for another.
  func encodeRoleCall(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .getQuota: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_QUOTA
    case .updateQuota(let configs, let isForced):
      let message = context.make(
        Mesos__V1__Master__Call__UpdateQuota.self,
        mesos__v1__master__call__update_quota__descriptor_address())
      message.pointee.n_quota_configs = configs.count
      message.pointee.quota_configs = context.messages(configs)
      message.pointee.has_force = isForced ? 1 : 0
      message.pointee.force = isForced ? 1 : 0
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__UPDATE_QUOTA
      wire.pointee.update_quota = message
    case .setQuota(let request):
      let message = context.make(
        Mesos__V1__Master__Call__SetQuota.self, mesos__v1__master__call__set_quota__descriptor_address())
      message.pointee.quota_request = context.message(request)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__SET_QUOTA
      wire.pointee.set_quota = message
    case .removeQuota(let role):
      let message = context.make(
        Mesos__V1__Master__Call__RemoveQuota.self,
        mesos__v1__master__call__remove_quota__descriptor_address())
      message.pointee.role = context.text(role)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__REMOVE_QUOTA
      wire.pointee.remove_quota = message
    case .getWeights: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_WEIGHTS
    case .updateWeights(let weights):
      let message = context.make(
        Mesos__V1__Master__Call__UpdateWeights.self,
        mesos__v1__master__call__update_weights__descriptor_address())
      message.pointee.n_weight_infos = weights.count
      message.pointee.weight_infos = context.messages(weights)
      wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__UPDATE_WEIGHTS
      wire.pointee.update_weights = message
    case .getRoles: wire.pointee.type = MESOS__V1__MASTER__CALL__TYPE__GET_ROLES
    default: break
    }
  }
}

extension OperatorResponse {
  /// An answer about roles; nil if it is of another type.
  static func roleResponse(
    _ wire: UnsafePointer<CMessage>, _ context: DecodingContext
  ) throws(WireError) -> OperatorResponse? {
    switch wire.pointee.type {
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_QUOTA:
      let status = try present(wire.pointee.get_quota?.pointee.status, "get_quota.status")
      return .quota(try context.messages(status.pointee.n_configs, status.pointee.configs))
    case MESOS__V1__MASTER__RESPONSE__TYPE__GET_WEIGHTS:
      // A real master leaves the field out where there are none.
      guard let message = wire.pointee.get_weights else { return .weights([]) }
      return .weights(try context.messages(message.pointee.n_weight_infos, message.pointee.weight_infos))
    default: return nil
    }
  }

  /// Writes an answer about roles; does nothing for another.
  func encodeRoleResponse(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    switch self {
    case .quota(let quotas):
      let status = context.make(
        Mesos__V1__Quota__QuotaStatus.self, mesos__v1__quota__quota_status__descriptor_address())
      status.pointee.n_infos = quotas.count
      status.pointee.infos = context.list(quotas, context.info)
      status.pointee.n_configs = quotas.count
      status.pointee.configs = context.messages(quotas)
      let message = context.make(
        Mesos__V1__Master__Response__GetQuota.self,
        mesos__v1__master__response__get_quota__descriptor_address())
      message.pointee.status = status
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_QUOTA
      wire.pointee.get_quota = message
    case .weights(let weights):
      let message = context.make(
        Mesos__V1__Master__Response__GetWeights.self,
        mesos__v1__master__response__get_weights__descriptor_address())
      message.pointee.n_weight_infos = weights.count
      message.pointee.weight_infos = context.messages(weights)
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_WEIGHTS
      wire.pointee.get_weights = message
    case .roles(let roles):
      let message = context.make(
        Mesos__V1__Master__Response__GetRoles.self,
        mesos__v1__master__response__get_roles__descriptor_address())
      message.pointee.n_roles = roles.count
      message.pointee.roles = context.list(roles) { context.role($0, withResources: true) }
      wire.pointee.type = MESOS__V1__MASTER__RESPONSE__TYPE__GET_ROLES
      wire.pointee.get_roles = message
    default: break
    }
  }
}

extension EncodingContext {
  /// The form that Mesos had before it had limits.
  fileprivate func info(_ quota: RoleQuota) -> UnsafeMutablePointer<Mesos__V1__Quota__QuotaInfo> {
    let wire = make(Mesos__V1__Quota__QuotaInfo.self, mesos__v1__quota__quota_info__descriptor_address())
    let guarantees = quota.quota.guarantees.map { Resource($0.name, .scalar($0.scalar)) }
    wire.pointee.role = text(quota.role)
    wire.pointee.n_guarantee = guarantees.count
    wire.pointee.guarantee = messages(guarantees)
    return wire
  }
}
