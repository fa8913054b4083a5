// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of ours is built with: language mode 6, no implicit existentials, imports that
/// say who sees them, and warnings that stop the build.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// A room of the house (see ARCHITECTURE.md): a library target and what it may import.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A room that other packages may import.
func library(_ name: String) -> Product { .library(name: name, targets: [name]) }

/// The tests of a room.
func tests(
  of name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil,
  exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
    resources: resources, swiftSettings: strict)
}

/// A program that shows one way to use Meseta.
func example(_ name: String, exclude: [String] = []) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      "MesetaService", .product(name: "Logging", package: "swift-log"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ],
    path: "Examples/\(name)", exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "meseta",
  products: [
    library("Meseta"),
    library("MesetaModel"),
    library("MesetaProtocol"),
    library("MesetaWire"),
    library("MesetaRuntime"),
    library("MesetaAgent"),
    library("MesetaContainers"),
    library("MesetaFramework"),
    library("MesetaAllocator"),
    library("MesetaAllocatorLaws"),
    library("ZooKeeperServers"),
    library("MesetaMaster"),
    library("MesetaHost"),
    library("MesetaNet"),
    library("MesetaHTTP"),
    library("MesetaStorage"),
    library("MesetaSimulation"),
    library("MesetaService"),
    .executable(name: "meseta", targets: ["meseta"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // It has no pkg-config file: headers and library are where the system looks.
    .systemLibrary(name: "CZooKeeper", providers: [.apt(["libzookeeper-mt-dev"])]),
    .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    // RE2's headers are C++: it is linked by name, and needs no other flags than that.
    .target(name: "CMesetaRegex", linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "CMesosWire", dependencies: ["CProtobufC"], exclude: ["Protos"]),
    // The rules of the house, checked on the source tree.
    .testTarget(name: "TidyTests", swiftSettings: strict),
    room("MesetaModel"),
    room("MesetaWire", ["CMesosWire", "MesetaModel", "MesetaProtocol", "MesetaRuntime"]),
    tests(of: "MesetaWire", ["CMesosWire", "MesetaModel", "MesetaProtocol", "MesetaRuntime"]),
    tests(of: "MesetaModel"),
    room("MesetaProtocol", ["MesetaModel"]),
    room(
      "MesetaRuntime",
      ["MesetaModel", "MesetaProtocol", .product(name: "HeapModule", package: "swift-collections")]),
    tests(of: "MesetaRuntime"),
    room("MesetaAgent", ["MesetaRuntime", .product(name: "DequeModule", package: "swift-collections")]),
    room("MesetaContainers", ["MesetaAgent", "CMesetaProcess"]),
    .target(name: "CMesetaProcess"),
    .executableTarget(name: "meseta-supervisor", dependencies: ["CMesetaProcess"]),
    tests(of: "MesetaAgent"),
    tests(of: "MesetaContainers", ["MesetaAgent"]),
    room(
      "MesetaFramework",
      [
        "MesetaModel", "MesetaProtocol", "MesetaRuntime",
        .product(name: "DequeModule", package: "swift-collections"),
      ]),
    tests(of: "MesetaFramework", ["MesetaModel", "MesetaProtocol", "MesetaRuntime"]),
    room(
      "MesetaRecording",
      ["MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaWire", "MesetaMaster", "MesetaAgent"]),
    tests(
      of: "MesetaRecording",
      ["MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaMaster", "MesetaAgent"]),
    room(
      "MesetaHost",
      [
        "MesetaRuntime", "MesetaMaster", "MesetaAgent", "MesetaFramework", "MesetaRecording",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      of: "MesetaHost",
      ["MesetaMaster", "MesetaAgent", "MesetaFramework", .product(name: "Logging", package: "swift-log")]),
    room(
      "MesetaMaster",
      [
        "MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaAllocator",
        .product(name: "DequeModule", package: "swift-collections"),
      ]),
    tests(of: "MesetaMaster"),
    room(
      "MesetaService",
      [
        "MesetaHost", "MesetaHTTP", "MesetaNet", "MesetaStorage", "MesetaContainers", "MesetaWire",
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "meseta",
      dependencies: [
        "MesetaService", "MesetaSimulation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    example("ExampleMaster"),
    example("ExampleAgent"),
    example("BatchFramework", exclude: ["jobs.jsonl"]),
    example("EmbeddedCluster"),
    example("CustomExecutor"),
    example("VolumeFramework"),
    tests(
      of: "MesetaService",
      [
        "CustomExecutor", "meseta", "MesetaAgent", "MesetaFramework", "MesetaHost", "MesetaModel",
        "MesetaStorage",
        "ZooKeeperServers",
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    room(
      "MesetaStorage",
      [
        "CZooKeeper", "MesetaHost", "MesetaWire", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    // Servers of ZooKeeper on this machine, for tests.
    .target(
      name: "ZooKeeperServers", dependencies: ["MesetaModel"], path: "Tests/ZooKeeperServers",
      swiftSettings: strict),
    tests(
      of: "MesetaStorage",
      [
        "MesetaAgent", "MesetaHost", "MesetaMaster", "MesetaModel", "MesetaProtocol", "MesetaRuntime",
        "ZooKeeperServers",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
      ]),
    room("MesetaAllocator", ["CMesetaRegex", "MesetaModel", "MesetaRuntime"]),
    // A second opinion on the allocator, for its tests and, with more time, for Benchmarks/Sources/allocator-laws.
    .target(
      name: "MesetaAllocatorLaws", dependencies: ["MesetaAllocator", "MesetaModel", "MesetaRuntime"],
      path: "Tests/MesetaAllocatorLaws", swiftSettings: strict),
    tests(of: "MesetaAllocator", ["MesetaAllocatorLaws", "MesetaModel", "MesetaRuntime"]),
    room(
      "MesetaSimulation",
      [
        "MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaWire", "MesetaAllocator", "MesetaMaster",
        "MesetaAgent",
        "MesetaFramework", "MesetaRecording", .product(name: "DequeModule", package: "swift-collections"),
      ]),
    tests(
      of: "MesetaSimulation",
      [
        "MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaAllocator", "MesetaMaster", "MesetaAgent",
        "MesetaFramework", "meseta",
      ],
      exclude: ["Scenarios"]),
    room(
      "Meseta",
      [
        "MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaFramework", "MesetaMaster", "MesetaAgent",
        "MesetaHost", "MesetaSimulation",
      ]),
    tests(of: "Meseta"),
    room(
      "MesetaNet",
      [
        "MesetaHost", "MesetaWire", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      of: "MesetaNet",
      [
        "MesetaHost", "MesetaWire", "MesetaMaster", "MesetaAgent", "MesetaFramework",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    room(
      "MesetaHTTP",
      [
        "CZlib", "MesetaHost", "MesetaWire", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    tests(
      of: "MesetaHTTP",
      [
        "MesetaService", "MesetaHost", "MesetaWire", "MesetaMaster", "MesetaAgent", "MesetaFramework",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]),
  ]
)

// A target is compiled again when a module that it names has changed, but not when that is a module which those it
// names import: it would go on with the old layout of a type, and overwrite memory. So each names all that lie below it.
nameAllBelow(package.targets)

func nameAllBelow(_ targets: [Target]) {
  let known = Dictionary(uniqueKeysWithValues: targets.map { ($0.name, $0) })
  func named(by target: Target) -> Set<String> {
    Set(
      target.dependencies.compactMap {
        if case .byNameItem(let name, _) = $0, known[name] != nil { name } else { nil }
      })
  }
  func below(_ target: Target) -> Set<String> {
    named(by: target).reduce(into: named(by: target)) { names, name in
      if let target = known[name] { names.formUnion(below(target)) }
    }
  }
  for (target, names) in targets.map({ ($0, below($0)) }) {
    target.dependencies += names.subtracting(named(by: target)).sorted().map { .byName(name: $0) }
  }
}
