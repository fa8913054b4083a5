import Glibc

/// What is known of where the output goes.
public enum Terminal {
  /// The width of the terminal behind a file descriptor; nil if it is none.
  public static func width(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
