#include "call.hpp"

int main() {
    return consumer::make_call() ? 0 : 1;
}
