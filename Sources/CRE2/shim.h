/* Nothing: RE2's own headers are C++. This names the system's library, so that it is found and linked. */
