// What whoever runs a test may say in the environment; nothing within a simulation depends on it.

import Glibc

enum TestEnvironment {
  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
