// What <windows.h> defines that could break a header: macros with the names of common words.
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define small char
#define hyper __int64
#define interface struct
#define pascal __stdcall
#define cdecl __cdecl
#define CONST const
#define VOID void
#define IN
#define OUT
#define OPTIONAL
#define DELETE (0x00010000L)
#define ERROR 0
#define NO_ERROR 0L
#define STRICT 1
#define TRUE 1
#define FALSE 0
#define IGNORE 0
#define INFINITE 0xFFFFFFFF
#define NOERROR 0
#define ABSOLUTE 1
#define RELATIVE 2
#define TRANSPARENT 1
#define OPAQUE 2
#define GetMessage GetMessageW
#define SendMessage SendMessageW
#define DispatchMessage DispatchMessageW
#define CreateEvent CreateEventW
#define GetObject GetObjectW
#define Yield()
