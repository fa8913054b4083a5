// swift-tools-version: 6.2
// The benchmarks are a package of their own, so that what they depend on is not the embedder's.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func meseta(_ names: String...) -> [Target.Dependency] {
  names.map { .product(name: $0, package: "meseta") }
}

let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "meseta", path: ".."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "CMallocStatistics"),
    // ZooKeeper's client as it is, to measure beside.
    .systemLibrary(name: "CZooKeeperClient", providers: [.apt(["libzookeeper-mt-dev"])]),
    // The master with its slices, for the allocator's benchmarks.
    .target(
      name: "BenchmarkSupport",
      dependencies: ["CMallocStatistics"]
        + meseta("MesetaModel", "MesetaRuntime", "MesetaAllocator", "MesetaMaster"),
      swiftSettings: strict),
    // Apart from meseta-bench, because valgrind cannot run what starts threads.
    .executableTarget(
      name: "allocator-operations",
      dependencies: ["BenchmarkSupport"] + meseta("MesetaModel", "MesetaRuntime"),
      swiftSettings: strict),
    // Apart from the tests, because it takes an optimised build to play so many sequences.
    .executableTarget(
      name: "allocator-laws",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")]
        + meseta("MesetaAllocatorLaws"),
      swiftSettings: strict),
    // Apart from meseta-bench, so that it can be optimised as one (scripts/build-simulation-throughput.sh).
    .executableTarget(
      name: "simulation-throughput",
      dependencies: ["BenchmarkSupport"]
        + meseta("MesetaModel", "MesetaRuntime", "MesetaFramework", "MesetaSimulation"),
      swiftSettings: strict),
    .executableTarget(
      name: "meseta-bench",
      dependencies: [
        "BenchmarkSupport", "CZooKeeperClient",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]
        + meseta(
          "MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaMaster", "MesetaAgent", "MesetaContainers",
          "MesetaFramework", "MesetaHost", "MesetaHTTP", "MesetaNet", "MesetaService", "MesetaStorage",
          "MesetaWire", "ZooKeeperServers"),
      swiftSettings: strict),
    .executableTarget(
      name: "MesetaBenchmarks",
      dependencies: [.product(name: "Benchmark", package: "benchmark")]
        + meseta(
          "MesetaModel", "MesetaProtocol", "MesetaRuntime", "MesetaWire", "MesetaAllocator", "MesetaAgent"),
      path: "Benchmarks/MesetaBenchmarks",
      swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)
