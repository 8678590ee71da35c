"""What the pages share in Streamlit: the stage element, the chain of operations, permalinks, the device picker."""
