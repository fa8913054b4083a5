// CommandInfo and the environment.

package import CMesosWire
package import MesetaModel

extension CommandInfo: WireConvertible {
  package typealias CMessage = Mesos__V1__CommandInfo
  package static var descriptor: MessageDescriptor { mesos__v1__command_info__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let environment = wire.pointee.environment
    self.init(
      value: context.optionalText(wire.pointee.value),
      isShell: wire.pointee.has_shell == 0 || wire.pointee.shell != 0,
      arguments: context.texts(wire.pointee.n_arguments, wire.pointee.arguments),
      environment: try context.messages(
        environment?.pointee.n_variables ?? 0, environment?.pointee.variables),
      uris: try context.messages(wire.pointee.n_uris, wire.pointee.uris),
      user: context.optionalText(wire.pointee.user))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.value = context.text(value)
    wire.pointee.has_shell = 1
    wire.pointee.shell = isShell ? 1 : 0
    wire.pointee.n_arguments = arguments.count
    wire.pointee.arguments = context.texts(arguments)
    if !environment.isEmpty {
      let message = context.make(Mesos__V1__Environment.self, mesos__v1__environment__descriptor_address())
      message.pointee.n_variables = environment.count
      message.pointee.variables = context.messages(environment)
      wire.pointee.environment = message
    }
    wire.pointee.n_uris = uris.count
    wire.pointee.uris = context.messages(uris)
    wire.pointee.user = context.text(user)
  }
}

extension CommandInfo.URI: WireConvertible {
  package typealias CMessage = Mesos__V1__CommandInfo__URI
  package static var descriptor: MessageDescriptor { mesos__v1__command_info__uri__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    self.init(
      context.text(wire.pointee.value),
      isExecutable: wire.pointee.has_executable != 0 && wire.pointee.executable != 0,
      extract: wire.pointee.has_extract == 0 || wire.pointee.extract != 0,
      cache: wire.pointee.has_cache != 0 && wire.pointee.cache != 0,
      outputFile: context.optionalText(wire.pointee.output_file))
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.value = context.text(value)
    wire.pointee.has_executable = 1
    wire.pointee.executable = isExecutable ? 1 : 0
    wire.pointee.has_extract = 1
    wire.pointee.extract = extract ? 1 : 0
    wire.pointee.has_cache = 1
    wire.pointee.cache = cache ? 1 : 0
    wire.pointee.output_file = context.text(outputFile)
  }
}

extension EnvironmentVariable: WireConvertible {
  package typealias CMessage = Mesos__V1__Environment__Variable
  package static var descriptor: MessageDescriptor { mesos__v1__environment__variable__descriptor_address() }

  package init(decoding wire: UnsafePointer<CMessage>, _ context: DecodingContext) throws(WireError) {
    let name = context.text(wire.pointee.name)
    let isSecret =
      wire.pointee.has_type != 0 && wire.pointee.type == MESOS__V1__ENVIRONMENT__VARIABLE__TYPE__SECRET
    if isSecret {
      guard let secret = context.encoded(wire.pointee.secret) else { throw Self.notPresent("secret") }
      self.init(name, .secret(secret))
    } else {
      self.init(name, .text(context.text(wire.pointee.value)))
    }
  }

  package func encode(into wire: UnsafeMutablePointer<CMessage>, _ context: EncodingContext) {
    wire.pointee.name = context.text(name)
    wire.pointee.has_type = 1
    switch value {
    case .text(let text):
      wire.pointee.type = MESOS__V1__ENVIRONMENT__VARIABLE__TYPE__VALUE
      wire.pointee.value = context.text(text)
    case .secret(let secret):
      wire.pointee.type = MESOS__V1__ENVIRONMENT__VARIABLE__TYPE__SECRET
      context.append(4, secret, to: wire)
    }
  }
}
