/// The version of Meseta.
public enum Version {
  public static let current = "0.1.0"
  /// The version of Mesos whose interface this is; clients of Mesos decide by it what they may ask for.
  public static let mesos = "1.11.0"
}
