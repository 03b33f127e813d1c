// Compiles once what every recipe uses.

#define OFFHOOK_COMPILE_HERE
#include "offhook/endpoint/compiled.hpp"
