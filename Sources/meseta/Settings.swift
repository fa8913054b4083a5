// Flags and the environment: a flag counts more than `MESETA_<FLAG>`, and that more than the default.

import ArgumentParser
import Foundation
import MesetaModel
import MesetaRuntime
import MesetaService
import MesetaStorage

extension NameSpecification {
  /// A flag by its name in Mesos, `work_dir`; `work-dir` is understood as well.
  static func mesos(_ name: String) -> NameSpecification {
    let dashed = name.replacing("_", with: "-")
    return dashed == name ? [.customLong(name)] : [.customLong(name), .customLong(dashed)]
  }
}

/// Reads one flag after the other; what is wrong is reported with the flag or variable it came from.
struct Settings {
  var environment = ProcessInfo.processInfo.environment

  /// The text of a flag, or of its variable.
  func text(_ flag: String?, _ name: String) -> (text: String, source: String)? {
    if let flag { return (flag, "--\(name)") }
    let variable = "MESETA_\(name.uppercased())"
    return environment[variable].map { ($0, variable) }
  }

  func string(_ flag: String?, _ name: String) -> String? { text(flag, name)?.text }

  /// The value of a flag; nil if neither it nor its variable is given.
  func value<Value>(
    _ flag: String?, _ name: String, _ parse: (String) throws -> Value
  ) throws -> Value? {
    guard let (text, source) = text(flag, name) else { return nil }
    do {
      return try parse(text)
    } catch {
      throw ValidationError("\(source): \(error)")
    }
  }

  func span(_ flag: String?, _ name: String) throws -> Span? {
    try value(flag, name) { text in
      guard let span = Span(text: text) else {
        throw BadValue(
          "\"\(text)\" is not a duration: write a number and ms, secs, mins or hrs, such as 15secs")
      }
      return span
    }
  }

  func integer(_ flag: String?, _ name: String, _ range: ClosedRange<Int>) throws -> Int? {
    try value(flag, name) { text in
      guard let number = Int(text), range.contains(number) else {
        throw BadValue("\"\(text)\" is not a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  /// An amount of memory, with its unit as in Mesos.
  func bytes(_ flag: String?, _ name: String, _ range: ClosedRange<Int>) throws -> Int? {
    try value(flag, name) { text in
      let units = [("KB", 10), ("MB", 20), ("GB", 30), ("B", 0)]
      guard let (unit, shift) = units.first(where: { text.hasSuffix($0.0) }),
        let number = Int(text.dropLast(unit.count)), (0...range.upperBound >> shift).contains(number),
        range.contains(number << shift)
      else {
        throw BadValue(
          "\"\(text)\" is not an amount of memory from \(range.lowerBound)B to \(range.upperBound)B: write a whole "
            + "number and B, KB, MB or GB, such as 4KB")
      }
      return number << shift
    }
  }

  /// Sets a value if its flag or variable is given.
  func set(_ value: inout Span, _ flag: String?, _ name: String) throws {
    if let span = try span(flag, name) { value = span }
  }

  func set(_ value: inout Int, _ flag: String?, _ name: String, _ range: ClosedRange<Int>) throws {
    if let number = try integer(flag, name, range) { value = number }
  }

  func set(_ value: inout Bool, _ flag: String?, _ name: String) throws {
    let given = try self.value(flag, name) { text in
      switch text {
      case "true", "1": true
      case "false", "0": false
      default: throw BadValue("\"\(text)\" is not true or false")
      }
    }
    if let given { value = given }
  }

  func address(_ flag: String?, _ name: String, defaultPort: Int) throws -> HostPort? {
    try value(flag, name) { try HostPort(parsing: $0, defaultPort: defaultPort) }
  }

  /// A master that is spoken to by the native protocol, or the place where the one that leads is looked for.
  func nativeMaster(_ flag: String?, _ name: String) throws -> MesetaService.MasterAddress? {
    try value(flag, name) { text in
      let address = try MesetaService.MasterAddress(parsing: text)
      if case .http = address {
        throw BadValue(
          "\"\(text)\" is where HTTP is spoken: name the master as HOST:PORT, where its --native_port is")
      }
      return address
    }
  }

  /// Where ZooKeeper is.
  func zooKeeper(_ flag: String?, _ name: String) throws -> ZooKeeperAddress? {
    try value(flag, name) { try ZooKeeperAddress(argument: $0) }
  }

  /// How long ZooKeeper keeps a silent session: less than a second is no time for its servers.
  func sessionTimeout(_ flag: String?) throws -> Span? {
    let span = try span(flag, "zk_session_timeout")
    if let span, span < .seconds(1) {
      throw ValidationError("--zk_session_timeout: \(span) is too short: it has to be 1secs at least")
    }
    return span
  }

  func resources(_ flag: String?, _ name: String, defaultRole: String = "*") throws -> Resources? {
    try value(flag, name) { try Resources(parsing: $0, defaultRole: defaultRole) }
  }
}

extension FaultDomain {
  /// Reads `REGION/ZONE`.
  init(parsing text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw BadValue("\"\(text)\" is not REGION/ZONE")
    }
    self.init(region: parts[0], zone: parts[1])
  }
}

/// What is wrong with the value of a flag.
struct BadValue: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Where the native protocol is spoken unless the operator says otherwise; 5050 and 5051 belong to HTTP.
enum NativePort {
  static let master = 5052
  static let agent = 5053
}
