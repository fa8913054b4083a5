// The rules of the house as tables: which room may import what, and how long things may get.
// The reasons are in ARCHITECTURE.md; a change here is a change of the architecture.

/// A target under Sources/ and what its Swift files may import.
struct Room {
  /// The target's, and so the folder's, name.
  let name: String
  /// A core room is a pure state machine or its vocabulary: no I/O, clock, lock, task or unseeded randomness.
  var isCore = false
  /// The rooms below this one. What they see, this room may import too.
  var arrows: [String] = []
  /// Modules from outside, or in C. A trailing `*` stands for any ending.
  var modules: [String] = []
}

/// The limits and tables that the tidy rules read.
enum House {
  static let longestFile = 600
  static let longestFunction = 80

  /// Pure data structures of swift-collections that any room may use. Its hash-ordered trees are left out:
  /// their order differs from process to process.
  static let collections = [
    "BasicContainers", "BitCollections", "ContainersPreview", "DequeModule", "HeapModule",
    "OrderedCollections",
  ]

  /// The rooms that embedders program against: every public declaration has a comment.
  static let documentedRooms = ["MesetaFramework", "MesetaHost", "MesetaService", "MesetaSimulation"]

  /// What no core room may ever import, whatever its row says.
  static let forbiddenInCore = [
    "Foundation*", "NIO*", "Dispatch", "Glibc", "Musl", "Synchronization", "_Concurrency", "Logging",
    "Metrics",
  ]

  /// From the top of the house to its foundations; arrows point down only.
  static let rooms: [Room] = [
    Room(
      name: "meseta", arrows: ["MesetaService", "MesetaSimulation", "MesetaRecording"],
      modules: [
        "ArgumentParser", "Foundation*", "Glibc", "Logging", "ServiceLifecycle", "Synchronization",
        "UnixSignals",
      ]),
    Room(
      name: "MesetaService",
      arrows: [
        "MesetaHTTP", "MesetaNet", "MesetaStorage", "MesetaContainers", "MesetaHost", "MesetaRecording",
      ],
      modules: [
        "Dispatch", "Foundation*", "Glibc", "Logging", "Metrics", "NIO*", "ServiceLifecycle",
        "Synchronization", "UnixSignals",
      ]),
    Room(
      name: "MesetaHTTP", arrows: ["MesetaHost", "MesetaWire"],
      modules: [
        "AsyncHTTPClient", "CZlib", "Glibc", "HTTPTypes", "HummingbirdCore", "Logging", "Metrics", "NIO*",
        "ServiceLifecycle",
        "Synchronization",
      ]),
    Room(
      name: "MesetaNet", arrows: ["MesetaHost", "MesetaWire"],
      modules: ["Glibc", "Logging", "Metrics", "NIO*", "Synchronization"]),
    Room(
      name: "MesetaStorage", arrows: ["MesetaHost", "MesetaWire"],
      modules: ["CZooKeeper", "Dispatch", "Foundation*", "GRDB", "Glibc", "Logging", "Synchronization"]),
    Room(
      name: "MesetaContainers", arrows: ["MesetaAgent"],
      modules: ["CMesetaProcess", "Glibc", "Logging", "Synchronization"]),
    Room(name: "Meseta", arrows: ["MesetaHost", "MesetaSimulation"]),
    Room(
      name: "MesetaSimulation",
      arrows: ["MesetaMaster", "MesetaAgent", "MesetaFramework", "MesetaWire", "MesetaRecording"],
      modules: ["Glibc"]),
    Room(
      name: "MesetaHost", arrows: ["MesetaMaster", "MesetaAgent", "MesetaFramework", "MesetaRecording"],
      modules: ["Glibc", "Logging", "Metrics", "Synchronization"]),
    Room(name: "MesetaRecording", arrows: ["MesetaMaster", "MesetaAgent", "MesetaWire"]),
    Room(name: "MesetaMaster", isCore: true, arrows: ["MesetaAllocator", "MesetaRuntime"]),
    Room(name: "MesetaAgent", isCore: true, arrows: ["MesetaRuntime"]),
    Room(name: "MesetaFramework", isCore: true, arrows: ["MesetaRuntime"]),
    Room(
      name: "MesetaAllocator", isCore: true, arrows: ["MesetaRuntime"], modules: ["CMesetaRegex"]),
    Room(
      name: "MesetaWire", arrows: ["MesetaProtocol", "MesetaRuntime"],
      modules: ["CMesosWire", "CProtobufC", "Glibc"]),
    Room(name: "MesetaRuntime", isCore: true, arrows: ["MesetaProtocol"]),
    Room(name: "MesetaProtocol", isCore: true, arrows: ["MesetaModel"]),
    Room(name: "MesetaModel", isCore: true),
    // C: no Swift files, so nothing to import.
    Room(name: "meseta-supervisor"),
    Room(name: "CMesetaProcess"),
    Room(name: "CMesetaRegex"),
    Room(name: "CMesosWire"),
    Room(name: "CProtobufC"),
    Room(name: "CZlib"),
    Room(name: "CZooKeeper"),
  ]
}
