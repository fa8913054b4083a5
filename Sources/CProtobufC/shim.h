// The protobuf runtime of the system, libprotobuf-c.
#include <protobuf-c/protobuf-c.h>
