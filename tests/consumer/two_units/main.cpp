#include "../call.hpp"

bool call_of_second_unit();

int main() {
    return consumer::make_call() && call_of_second_unit() ? 0 : 1;
}
