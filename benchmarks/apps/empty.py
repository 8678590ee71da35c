"""The empty Streamlit app that ours is measured against: one button and one text, nothing else."""

import streamlit as st

count = st.session_state.get("count", 0)
if st.button("Step"):
    count += 1
    st.session_state["count"] = count
st.write(f"count {count} .")
