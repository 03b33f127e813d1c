#ifndef OFFHOOK_TESTS_CATCH_HPP
#define OFFHOOK_TESTS_CATCH_HPP

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif
