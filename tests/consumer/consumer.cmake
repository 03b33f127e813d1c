# What all three ways end in. Nothing of ours may be built along with the consumer.
add_executable(consumer ../main.cpp)
target_link_libraries(consumer PRIVATE offhook::offhook)
foreach(target test_support quickstart ua demo)
    if(TARGET ${target})
        message(FATAL_ERROR "the consumer's build has got our target ${target}")
    endif()
endforeach()
